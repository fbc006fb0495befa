import old = require("../js/old");
const page = await import(/* webpackChunkName: "p" */ "../page");
const more = () => import(`../lib/words`);
