/** So long after the last sign of life a Cluster says that its workload cluster does not answer. */
export const clusterGraceMs = 50_000;
/** So long after it what was last seen in the workload cluster is no longer believed. */
export const contentsGraceMs = 300_000;
/** So many attempts must fail before a process that has never connected says anything new. */
export const enoughFailures = 5;
