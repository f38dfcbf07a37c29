/** The test run: one embedded PostgreSQL for all files (test/support/server.ts), two workers, as processes. */
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** The simulator takes as long as all other files together: begun first, it has one worker for itself while the other does the rest. */
class SimulatorFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const isSimulator = ({ moduleId }: TestSpecification) => moduleId.includes('/test/sim/')
    return [...sorted.filter(isSimulator), ...sorted.filter((file) => !isSimulator(file))]
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/server.ts'],
    pool: 'forks',
    maxWorkers: 2,
    sequence: { sequencer: SimulatorFirst },
    testTimeout: 20_000,
    hookTimeout: 30_000,
    teardownTimeout: 20_000,
  },
})
