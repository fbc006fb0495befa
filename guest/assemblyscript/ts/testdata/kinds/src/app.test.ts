import { app } from "./app";
test("app", () => expect(app).toBe(1));
