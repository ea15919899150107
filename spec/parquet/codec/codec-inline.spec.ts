import { createInlineCodec } from "../../../src/parquet/codec/codec-inline.js";
import { codecContract } from "../../contracts/codec-contract.js";

codecContract("the inline codec", () => createInlineCodec());
