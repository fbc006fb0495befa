require("./b.json"); require("./c.css");
