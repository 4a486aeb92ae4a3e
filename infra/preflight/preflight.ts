import { awsAccount } from './aws-account.ts';
import { preflight } from './command.ts';

process.exitCode = await preflight(process.argv.slice(2), awsAccount, (text) => console.log(text));
