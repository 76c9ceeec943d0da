export * from "../generated/control-plane-v1beta2.ts";
