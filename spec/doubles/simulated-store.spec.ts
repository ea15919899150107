import { createMemoryStore } from "../../src/storage/memory-store.js";
import { storeContract } from "../contracts/store-contract.js";
import { createSimulatedStore } from "./simulated-store.js";

storeContract("a simulated store whose calls do not wait", async () => ({
  store: createSimulatedStore(createMemoryStore(), (_operation, _key, carryOut) => carryOut(), 3),
}));
