export * from "../generated/core-v1beta2.ts";
