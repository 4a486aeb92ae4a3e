import { MetadataApi } from 'jsforce/lib/api/metadata.js';
import { Connection } from 'jsforce/lib/connection.js';
import * as z from 'zod';
import { API_VERSION } from '../../../functions/crm-sync/salesforce/composite.ts';
import { logIn, type Token } from '../../../functions/crm-sync/salesforce/connection.ts';
import type { Credentials } from '../../../functions/crm-sync/salesforce/credentials.ts';
import { CODE } from '../../../functions/crm-sync/salesforce/salesforce-errors.ts';
import { PermanentError, RetryableError } from '../../../shared/errors/errors.ts';
import type { Component } from '../../salesforce/components.ts';

/** The Metadata API may take its time where an object has many records. */
const TIMEOUT_MS = 60_000;
/** The most components that one call of the Metadata API takes. */
const MOST_OF_A_CALL = 10;

export type ComponentType = 'CustomField' | 'PermissionSet';

/** Why the org refused a component, in its own words. */
export interface Refused {
  readonly fullName: string;
  readonly reason: string;
}

/** An org as an administrator changes it. Every method throws RetryableError or PermanentError. */
export interface Administrator {
  /** The names among these that the org has, whoever may see them. */
  existing(type: ComponentType, fullNames: readonly string[]): Promise<ReadonlySet<string>>;
  /** Creates the components, or makes those that are there so. @returns those that the org refused. */
  upsert(type: ComponentType, components: readonly Component[]): Promise<Refused[]>;
  /** Gives the user the permission set; one who has it keeps it. @returns whether they had it not. */
  assign(permissionSet: string, userId: string): Promise<boolean>;
}

/**
 * Signs in as a user who may change the org's set-up.
 * @throws RetryableError or PermanentError, as the login's failure means.
 */
export async function signInAsAdministrator(credentials: Credentials): Promise<Administrator> {
  const { token } = await logIn(credentials, TIMEOUT_MS, new Date());
  const connection = new Connection({ ...token, version: API_VERSION, logLevel: 'NONE' });
  const metadata = new MetadataApi(connection);
  return {
    existing: async (type, fullNames) => {
      const found = new Set<string>();
      for (const names of chunksOf(fullNames)) {
        const components = understood(readSchema, await asked(() => metadata.read(type, names)));
        for (const { fullName } of components) if (fullName !== undefined) found.add(fullName);
      }
      return found;
    },
    upsert: async (type, components) => {
      const refused: Refused[] = [];
      for (const some of chunksOf(components)) {
        const bodies = some.map(({ body }) => body);
        refused.push(...refusedOf(understood(upsertedSchema, await asked(() => metadata.upsert(type, bodies)))));
      }
      return refused;
    },
    assign: (permissionSet, userId) => assign(connection, permissionSet, userId),
  };
}

const userSchema = z.object({ user_id: z.string() });

/** The id of the user who holds this session. @throws RetryableError where the org does not say. */
export async function userOf({ accessToken, instanceUrl }: Token): Promise<string> {
  const connection = new Connection({ accessToken, instanceUrl, version: API_VERSION, logLevel: 'NONE' });
  return understood(userSchema, await asked(() => connection.request('/services/oauth2/userinfo'))).user_id;
}

const idsSchema = z.object({ records: z.array(z.object({ Id: z.string() })) });

async function assign(connection: Connection, permissionSet: string, userId: string): Promise<boolean> {
  const quoted = (text: string): string => `'${text.replaceAll(/[\\']/g, '\\$&')}'`;
  const select = async (soql: string): Promise<string[]> =>
    understood(idsSchema, await asked(async () => await connection.query(soql))).records.map(({ Id }) => Id);
  const [id] = await select(`SELECT Id FROM PermissionSet WHERE Name = ${quoted(permissionSet)}`);
  if (id === undefined) {
    throw new PermanentError(CODE.setUp, `the org has no permission set ${permissionSet}`, {
      remedy: 'run this again',
    });
  }
  const [held] = await select(
    `SELECT Id FROM PermissionSetAssignment WHERE PermissionSetId = ${quoted(id)} AND AssigneeId = ${quoted(userId)}`,
  );
  if (held !== undefined) return false;
  const assignment = { PermissionSetId: id, AssigneeId: userId };
  await asked(() => connection.sobject('PermissionSetAssignment').create(assignment));
  return true;
}

/** What is not there comes back as an object without a name. */
const readSchema = z.array(z.object({ fullName: z.string().optional().catch(undefined) }));

const upsertedSchema = z.array(
  z.object({
    fullName: z.string(),
    success: z.boolean(),
    errors: z.array(z.object({ message: z.string(), statusCode: z.string() })).default([]),
  }),
);

function refusedOf(results: z.infer<typeof upsertedSchema>): Refused[] {
  return results
    .filter(({ success }) => !success)
    .map(({ fullName, errors }) => ({
      fullName,
      reason: errors.map(({ statusCode, message }) => `${statusCode}: ${message}`).join('; '),
    }));
}

function understood<Schema extends z.ZodType>(schema: Schema, reply: unknown): z.output<Schema> {
  const parsed = schema.safeParse(reply);
  if (parsed.success) return parsed.data;
  throw new RetryableError(CODE.malformed, 'Salesforce answered with something that is not what was asked for');
}

const thrownSchema = z.object({ errorCode: z.string(), message: z.string() });

/** Makes a call, with what the org refuses as an error of ours. */
async function asked<Result>(call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (cause) {
    const thrown = thrownSchema.safeParse(cause);
    if (!thrown.success) throw new RetryableError(CODE.network, 'the connection to Salesforce failed', { cause });
    const code = thrown.data.errorCode.replace(/^sf:/, '');
    throw new PermanentError(CODE.setUp, `Salesforce refused it: ${code}`, { remedy: thrown.data.message, cause });
  }
}

function chunksOf<One>(all: readonly One[]): One[][] {
  const count = Math.ceil(all.length / MOST_OF_A_CALL);
  return Array.from({ length: count }, (_, index) => all.slice(index * MOST_OF_A_CALL, (index + 1) * MOST_OF_A_CALL));
}
