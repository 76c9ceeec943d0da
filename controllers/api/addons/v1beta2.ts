export * from "../generated/addons-v1beta2.ts";
