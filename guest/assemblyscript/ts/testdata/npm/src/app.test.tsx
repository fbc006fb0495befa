import { it } from "vitest";
import { app } from "./app";
