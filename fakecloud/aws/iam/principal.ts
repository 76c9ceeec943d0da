/** Who makes a call. */
export interface Principal {
  readonly accountId: string;
  /** "arn:aws:iam::123456789012:user/alice", "arn:aws:sts::123456789012:assumed-role/nodes/i-0abc". */
  readonly arn: string;
  /** "AIDA…", "AROA…:i-0abc", or the account id for root. */
  readonly userId: string;
  /** Where its permissions come from; root may do everything. */
  readonly source:
    | { readonly kind: "role"; readonly roleName: string; readonly sessionPolicy?: string }
    | { readonly kind: "root" }
    | { readonly kind: "user"; readonly userName: string };
}

/** Credentials that nobody issued belong to an administrator of their account, as emulators' users expect. */
export function rootOf(accountId: string): Principal {
  return {
    accountId,
    arn: `arn:aws:iam::${accountId}:root`,
    userId: accountId,
    source: { kind: "root" },
  };
}

/** A person who may do everything and does it by hand. */
export function somebodyAtTheConsole(accountId: string): Principal {
  const arn = `arn:aws:iam::${accountId}:user/somebody-at-the-console`;
  return { accountId, arn, userId: "AIDACONSOLE", source: { kind: "root" } };
}

export function roleSession(role: {
  readonly accountId: string;
  readonly roleName: string;
  readonly roleId: string;
  readonly sessionName: string;
  readonly sessionPolicy?: string;
}): Principal {
  const { accountId, roleName, roleId, sessionName, sessionPolicy } = role;
  return {
    accountId,
    arn: `arn:aws:sts::${accountId}:assumed-role/${roleName}/${sessionName}`,
    userId: `${roleId}:${sessionName}`,
    source: {
      kind: "role",
      roleName,
      ...(sessionPolicy === undefined ? {} : { sessionPolicy }),
    },
  };
}
