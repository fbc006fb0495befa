require("./b");
