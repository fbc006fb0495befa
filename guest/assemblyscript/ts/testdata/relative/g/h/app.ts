import { app } from "../..";
import "../../a/app.ts";
require.resolve("../../b/app");
