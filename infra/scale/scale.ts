import { type Output, scale } from './command.ts';

const output: Output = {
  print: (text) => process.stdout.write(text),
  complain: (text) => process.stderr.write(text),
};
process.exitCode = scale(process.argv.slice(2), output);
