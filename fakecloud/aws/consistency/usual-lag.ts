/** For `createFakeAws({ consistency })` where nobody says how much: nine reads in ten show the present, and none is older than 3 s. */
export const usualLag = { chance: 0.1, span: { min: 200, max: 3_000 } } as const;
