import { createPooledCodec } from "../../src/parquet/codec-pool.js";
import { codecContract } from "../contracts/codec-contract.js";

codecContract("the pooled codec", () => createPooledCodec({ workers: 2, memoryLimitBytes: 2 ** 30 }));
codecContract("the pooled codec of no workers", () => createPooledCodec({ workers: 0, memoryLimitBytes: 2 ** 30 }));
