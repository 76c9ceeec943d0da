/** Default quotas. Source: user guides of the load balancers, Quotas. */
export const accountLimits: Readonly<Record<string, number>> = {
  "application-load-balancers": 50,
  "listeners-per-application-load-balancer": 50,
  "listeners-per-network-load-balancer": 50,
  "network-load-balancers": 50,
  "rules-per-application-load-balancer": 100,
  "target-groups": 3000,
  "targets-per-application-load-balancer": 1000,
  "targets-per-availability-zone-per-network-load-balancer": 500,
  "targets-per-network-load-balancer": 3000,
  "targets-per-target-group": 1000,
};

/** Security policies and the protocols that they allow. */
export const sslPolicies: Readonly<Record<string, readonly string[]>> = {
  "ELBSecurityPolicy-2016-08": ["TLSv1", "TLSv1.1", "TLSv1.2"],
  "ELBSecurityPolicy-TLS-1-2-2017-01": ["TLSv1.2"],
  "ELBSecurityPolicy-TLS13-1-2-2021-06": ["TLSv1.2", "TLSv1.3"],
};
