// Keeps what the flows have shown, when all of them ran and passed: `npm run test:matrix`.
import { writeFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';
import { writeSection } from '../documents/generated-sections.js';
import { type FlowResult, flowTables, resultsFile } from './flow-results.js';

export default class FlowReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[], reason: string): void {
    if (reason !== 'passed' || errors.length > 0 || process.env.FLOWS !== 'all') return;
    const results: FlowResult[] = [];
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { flow } = test.meta() as { flow?: FlowResult };
        if (flow !== undefined) results.push(flow);
      }
    }
    writeFileSync(
      resultsFile,
      `[\n${results.map((one) => `  ${JSON.stringify(one)}`).join(',\n')}\n]\n`,
    );
    writeSection('docs/compatibility.md', 'storages and flows', flowTables(results));
  }
}
