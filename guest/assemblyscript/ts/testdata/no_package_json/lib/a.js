require("fs"); require("zod");
