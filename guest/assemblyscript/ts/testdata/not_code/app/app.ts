// import "../lib/a";
/* import "../lib/a";
   import "../lib/a"; */
const text = "import '../lib/a'";
const other = 'require("../lib/a")';
const template = `
  import x from "../lib/a";
  ${text} \` import "../lib/a"
`;
const quote = /["'`]/g;
const half = text.length / 2; // "
const path = "C:\\"; import "../other/c";
const unfinished = importer("../lib/a");
const required = myrequire("../lib/a");
object.from = "../lib/a";
export const from = "../lib/a";
export interface from { a: "../lib/a" }
