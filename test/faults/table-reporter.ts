// Prints the table of all faults at the end of the long version, whichever file met them.
import type { Reporter, TestModule } from 'vitest/node';
import { faultTable } from './fault-table.js';

export default class TableReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const rows = tests.map((test) => test.meta().fault).filter((row) => row !== undefined);
    if (rows.length > 0) console.log(`\n${faultTable(rows)}\n`);
  }
}
