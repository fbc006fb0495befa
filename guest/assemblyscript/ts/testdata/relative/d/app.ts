export { esm } from "../lib/esm.mjs";
