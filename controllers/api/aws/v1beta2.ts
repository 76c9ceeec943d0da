export * from "../generated/aws-v1beta2.ts";
