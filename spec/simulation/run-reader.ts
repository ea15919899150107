import type { DeltaTable } from "../../src/api/delta-table.js";
import { unreachable } from "../../src/base/assert.js";
import type { Connection } from "../../src/api/runtime.js";
import { rowsIn, type Predicate } from "./operations.js";
import type { Process } from "./process.js";
import { assertStoreFailure, openNewest, refresh } from "./run-writer.js";
import type { ReaderStep } from "./schedule.js";
import type { World } from "./world.js";

/** Reads now and again, from the versions it has: a version gives the same rows for ever. */
export function readerOf(world: World, steps: readonly ReaderStep[]): (connection: Connection, process: Process) => Promise<void> {
  let next = 0;
  return async (connection, process) => {
    const handle = await openNewest(world, connection, process);
    const held = [await handle.at({ version: handle.version })];
    await look(world, process, handle);
    for (let step = steps[next]; step !== undefined; step = steps[next]) {
      next += 1;
      await act(world, connection, process, { step, handle, held });
    }
  };
}

interface Act {
  readonly step: ReaderStep;
  readonly handle: DeltaTable;
  /** Handles on versions seen so far, newest last. */
  readonly held: DeltaTable[];
}

async function act(world: World, connection: Connection, process: Process, { step, handle, held }: Act): Promise<void> {
  process.begin();
  switch (step.kind) {
    case "open":
      held.push(await openNewest(world, connection, process));
      return;
    case "refresh":
      if (await refresh(world, handle, process)) await look(world, process, handle);
      return;
    case "read": {
      const old = held[Math.max(0, held.length - 1 - step.back)];
      if (old !== undefined) await look(world, process, old, step.where);
      return;
    }
    case "travel":
      try {
        const version = Math.max(0, handle.version - step.back);
        const then = await handle.at({ version });
        held.push(then);
        await look(world, process, then);
      } catch (error) {
        assertStoreFailure(process, error, `travel back ${step.back}`);
      }
      return;
    default:
      unreachable(step);
  }
}

/** Reads and counts; what it sees is judged by the ledger. */
async function look(world: World, process: Process, table: DeltaTable, where?: Predicate): Promise<void> {
  process.begin();
  const { version } = table;
  try {
    const rows = await rowsIn(table, where);
    world.ledger.note({ kind: "read", who: process.name, version, rows, where });
  } catch (error) {
    assertStoreFailure(process, error, `read version ${version}`);
  }
}
