import { "some name" as x } from "../l1/m";
export { x as "other" } from "../l2/m";
export { "a 'b'" as "c", y, 'd' as e } from "../l3/m";
export * as "all of it" from "../l4/m";
export default "no import '../l9/m'";
