/**
 * Route 53 hosted zones that load balancers' names live in, by region. `application` holds classic and application load
 * balancers too. Source: AWS General Reference, Elastic Load Balancing endpoints and quotas.
 */
export const hostedZoneIds: Readonly<
  Record<string, { readonly application: string; readonly network: string }>
> = {
  "af-south-1": { application: "Z268VQBMOI5EKX", network: "Z203XCE67M25HM" },
  "ap-east-1": { application: "Z3DQVH9N71FHZ0", network: "Z12Y7K3UBGUAD1" },
  "ap-northeast-1": { application: "Z14GRHDCWA56QT", network: "Z31USIVHYNEOWT" },
  "ap-northeast-2": { application: "ZWKZPGTI48KDX", network: "ZIBE1TIR4HY56" },
  "ap-northeast-3": { application: "Z5LXEXXYW11ES", network: "Z1GWIQ4HH19I5X" },
  "ap-south-1": { application: "ZP97RAFLXTNZK", network: "ZVDDRBQ08TROA" },
  "ap-southeast-1": { application: "Z1LMS91P8CMLE5", network: "ZKVM4W9LS7TM" },
  "ap-southeast-2": { application: "Z1GM3OXH4ZPM65", network: "ZCT6FZBF4DROD" },
  "ca-central-1": { application: "ZQSVJUPU6J1EY", network: "Z2EPGBW3API2WT" },
  "eu-central-1": { application: "Z215JYRZR1TBD5", network: "Z3F0SRJ5LGBH90" },
  "eu-north-1": { application: "Z23TAZ6LKFMNIO", network: "Z1UDT6IFJ4EJM" },
  "eu-south-1": { application: "Z3ULH7SSC9OV64", network: "Z23146JA1KNAFP" },
  "eu-west-1": { application: "Z32O12XQLNTSW2", network: "Z2IFOLAFXWLO4F" },
  "eu-west-2": { application: "ZHURV8PSTC4K8", network: "ZD4D7Y8KGAS4G" },
  "eu-west-3": { application: "Z3Q77PNBQS71R4", network: "Z1CMS0P5QUZ6D5" },
  "me-south-1": { application: "ZS929ML54UICD", network: "Z3QSRYVP46NYYV" },
  "sa-east-1": { application: "Z2P70J7HTTTPLU", network: "ZTK26PT1VY4CU" },
  "us-east-1": { application: "Z35SXDOTRQ7X7K", network: "Z26RNL4JYFTOTI" },
  "us-east-2": { application: "Z3AADJGX6KTTL2", network: "ZLMOA37VPKANP" },
  "us-west-1": { application: "Z368ELLRRE2KJ0", network: "Z24FKFUX50B4VW" },
  "us-west-2": { application: "Z1H1FL5HABSF5", network: "Z18D5FSROUN65G" },
};
