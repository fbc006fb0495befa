import fs from "fs";
import { z } from "zod";
import "@scope/name/part";
import "@broken";
/// <reference types="vite/client" />
/// <reference path="globals.d.ts" />
