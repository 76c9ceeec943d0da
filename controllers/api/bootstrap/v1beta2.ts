export * from "../generated/bootstrap-v1beta2.ts";
