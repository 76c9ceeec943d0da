import * as ec2 from "@aws-sdk/client-ec2";
import * as elb from "@aws-sdk/client-elastic-load-balancing";
import * as elbv2 from "@aws-sdk/client-elastic-load-balancing-v2";
import * as iam from "@aws-sdk/client-iam";
import * as tagging from "@aws-sdk/client-resource-groups-tagging-api";
import * as s3 from "@aws-sdk/client-s3";
import * as secretsManager from "@aws-sdk/client-secrets-manager";
import * as ssm from "@aws-sdk/client-ssm";
import * as sts from "@aws-sdk/client-sts";
import { loadServiceModel } from "./service-model.ts";

// Versions and namespaces are the services' own; the SDK clients send and expect exactly these.

export const ec2Model = loadServiceModel(ec2, {
  signingName: "ec2",
  protocol: "ec2Query",
  version: "2016-11-15",
  xmlNamespace: "http://ec2.amazonaws.com/doc/2016-11-15/",
  target: "",
});

export const elbModel = loadServiceModel(elb, {
  signingName: "elasticloadbalancing",
  protocol: "awsQuery",
  version: "2012-06-01",
  xmlNamespace: "http://elasticloadbalancing.amazonaws.com/doc/2012-06-01/",
  target: "",
});

export const elbv2Model = loadServiceModel(elbv2, {
  signingName: "elasticloadbalancing",
  protocol: "awsQuery",
  version: "2015-12-01",
  xmlNamespace: "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/",
  target: "",
});

export const iamModel = loadServiceModel(iam, {
  signingName: "iam",
  protocol: "awsQuery",
  version: "2010-05-08",
  xmlNamespace: "https://iam.amazonaws.com/doc/2010-05-08/",
  target: "",
});

export const stsModel = loadServiceModel(sts, {
  signingName: "sts",
  protocol: "awsQuery",
  version: "2011-06-15",
  xmlNamespace: "https://sts.amazonaws.com/doc/2011-06-15/",
  target: "",
});

export const secretsManagerModel = loadServiceModel(secretsManager, {
  signingName: "secretsmanager",
  protocol: "awsJson1_1",
  version: "",
  xmlNamespace: "",
  target: "secretsmanager",
});

export const ssmModel = loadServiceModel(ssm, {
  signingName: "ssm",
  protocol: "awsJson1_1",
  version: "",
  xmlNamespace: "",
  target: "AmazonSSM",
});

export const taggingModel = loadServiceModel(tagging, {
  signingName: "tagging",
  protocol: "awsJson1_1",
  version: "",
  xmlNamespace: "",
  target: "ResourceGroupsTaggingAPI_20170126",
});

export const s3Model = loadServiceModel(s3, {
  signingName: "s3",
  protocol: "restXml",
  version: "",
  xmlNamespace: "http://s3.amazonaws.com/doc/2006-03-01/",
  target: "",
});
