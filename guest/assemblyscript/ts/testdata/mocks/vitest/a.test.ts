vi.mock("../l1/m");
vi.doMock('../l2/m', { spy: true });
vi.mock(import("../l3/m"));
const m = await vi.importActual<typeof import("../l4/m")>("../l4/m");
