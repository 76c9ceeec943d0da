import * as ec2 from "@aws-sdk/client-ec2";
import * as elb from "@aws-sdk/client-elastic-load-balancing";
import * as secretsManager from "@aws-sdk/client-secrets-manager";
import { expect, test } from "vitest";
import { toDate } from "../kernel/clock.ts";
import { decodeRequest, encodeError, encodeResponse } from "./codec.ts";
import { InProcessRequestHandler } from "./request-handler.ts";
import { loadServiceModel, type ServiceModel } from "./service-model.ts";
import { ec2Model, elbModel, secretsManagerModel } from "./service-models.ts";
import { WireError } from "./wire-error.ts";

const credentials = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "secret" };

/** A service that answers every call with what the test says, and remembers what it was asked. */
function answering(model: ServiceModel, answer: (input: Record<string, unknown>) => unknown) {
  const inputs: Record<string, unknown>[] = [];
  const requestHandler = new InProcessRequestHandler({
    handle: async (request) => {
      try {
        const { operation, input } = decodeRequest(model, request);
        inputs.push(input);
        return encodeResponse(model, { operation, output: answer(input), requestId: "req-1" });
      } catch (error) {
        const { code, message, status } = error as WireError;
        return encodeError(model, { code, message, status }, "req-1");
      }
    },
  });
  return { inputs, config: { region: "eu-west-1", credentials, requestHandler, maxAttempts: 1 } };
}

test("an EC2 request and its answer survive the wire, odd characters included", async () => {
  const input: ec2.RunInstancesCommandInput = {
    MinCount: 1,
    MaxCount: 1,
    ImageId: "ami-1",
    TagSpecifications: [
      {
        ResourceType: "instance",
        Tags: [
          { Key: "a&b", Value: '<ü> "q"\n' },
          { Key: "e", Value: "" },
        ],
      },
    ],
    NetworkInterfaces: [
      { DeviceIndex: 0, Groups: ["sg-1", "sg-2"], AssociatePublicIpAddress: false },
    ],
  };
  const launched = {
    Instances: [
      {
        InstanceId: "i-1",
        LaunchTime: toDate(1_767_600_000_000),
        Tags: input.TagSpecifications?.[0]?.Tags,
      },
    ],
  };
  const { inputs, config } = answering(ec2Model, () => launched);
  const output = await new ec2.EC2Client(config).send(new ec2.RunInstancesCommand(input));
  expect(inputs[0]).toMatchObject(input);
  expect(output.Instances?.[0]).toMatchObject(launched.Instances[0]!);
});

test("a classic load balancer request and its answer survive the wire", async () => {
  const input: elb.CreateLoadBalancerCommandInput = {
    LoadBalancerName: "c-apiserver",
    Listeners: [{ Protocol: "TCP", LoadBalancerPort: 6443, InstancePort: 6443 }],
    Subnets: ["subnet-1"],
  };
  const { inputs, config } = answering(elbModel, () => ({ DNSName: "c.elb.amazonaws.com" }));
  const client = new elb.ElasticLoadBalancingClient(config);
  const output = await client.send(new elb.CreateLoadBalancerCommand(input));
  expect(inputs[0]).toEqual(input);
  expect(output.DNSName).toBe("c.elb.amazonaws.com");
});

test("bytes and dates survive the JSON protocol", async () => {
  const SecretBinary = new Uint8Array([0, 1, 255]);
  const CreatedDate = toDate(1_767_600_000_123);
  const { inputs, config } = answering(secretsManagerModel, (input) => ({
    SecretBinary: input["SecretBinary"] ?? SecretBinary,
    CreatedDate,
  }));
  const client = new secretsManager.SecretsManagerClient(config);
  await client.send(new secretsManager.CreateSecretCommand({ Name: "n", SecretBinary }));
  expect(inputs[0]?.["SecretBinary"]).toEqual(SecretBinary);
  const output = await client.send(new secretsManager.GetSecretValueCommand({ SecretId: "n" }));
  expect(Uint8Array.from(output.SecretBinary ?? [])).toEqual(SecretBinary);
  expect(output.CreatedDate).toEqual(CreatedDate);
});

const form = (body: string) => ({
  method: "POST",
  host: "ec2.eu-west-1.amazonaws.com",
  path: "/",
  query: {},
  headers: { "content-type": "application/x-www-form-urlencoded" },
  body: Buffer.from(body),
});

test.each([
  ["Action=CreateVpcs", "InvalidAction", "The action CreateVpcs is not valid"],
  ["Action=CreateVpc&Cidr=10.0.0.0/16", "UnknownParameter", "The parameter Cidr is not recognized"],
  [
    "Action=DescribeVpcs&MaxResults=many",
    "InvalidParameterValue",
    "Value (many) for parameter MaxResults",
  ],
  ["Action=DeleteVpc", "MissingParameter", "The request must contain the parameter VpcId"],
])("%s fails with %s", (body, code, message) => {
  const decode = () => decodeRequest(ec2Model, form(body));
  expect(decode).toThrow(WireError);
  expect(decode).toThrow(message);
  try {
    decode();
  } catch (error) {
    expect((error as WireError).code).toBe(code);
  }
});

test("a package without schemas is refused", () => {
  expect(() => loadServiceModel({}, ec2Model)).toThrow("exports no schemas");
});
