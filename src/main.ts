/** argv -> a command. The only file that reads `process.argv` and ends the process. */
import { enableCompileCache } from 'node:module'

// Compiled modules, types stripped, are kept between starts; imports after this line profit, hence the dynamic one.
enableCompileCache()
const { runCommand } = await import('./cli/run.ts')

process.exitCode = await runCommand(process.argv.slice(2), {
  env: process.env,
  out: (text) => process.stdout.write(`${text}\n`),
  err: (text) => process.stderr.write(`${text}\n`),
})
