import { view } from "./view";
it("renders", () => view);
