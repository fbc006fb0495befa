foo.require("../l9/m");
o.import("../l9/m");
o?.require("../l9/m"); this
  .import("../l9/m");
_require("../l9/m");
const all = [...require("../l1/m")];
const path = require.resolve("../l2/m");
module.require("../l3/m");
import old = require("../l4/m");
