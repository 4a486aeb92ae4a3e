import { deployed } from '../ops/deployed.ts';
import { evaluate, type Output } from './command.ts';

const output: Output = {
  print: (text) => process.stdout.write(text),
  complain: (text) => process.stderr.write(text),
};
process.exitCode = await evaluate(process.argv.slice(2), output, deployed);
