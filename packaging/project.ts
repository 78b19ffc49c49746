/**
 * The facts about the project that packages repeat. Each has one place: package.json.
 */
import { description, license, version } from "../package.json" with { type: "json" };

export const DESCRIPTION = description;
export const LICENSE = license;
export const VERSION = version;
