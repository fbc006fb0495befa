import type { data } from "../lib/deep/data";
import { Service } from "../lib/deep/service.local";
