// What every guest exports: `export * from "dorcas-guest/assembly/exports";`.

export { alloc, free } from "./buffers";
export { dorcas_panic } from "./abort";

/** The version of the ABI is in the name. Nobody calls it. */
export function dorcas_abi_v1(): void {}
