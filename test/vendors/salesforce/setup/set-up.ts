import { type CustomField, type Metadata, readMetadata } from '../../../../infra/salesforce/metadata.ts';

/** `empty`: as it is bought; `complete`: with all that the project ships; `unassigned`: that, but nobody has it. */
export type SetUpState = 'empty' | 'complete' | 'unassigned';

/** What an administrator has made in the org: custom fields, permission sets, and who has them. */
export class SetUp {
  readonly fields = new Map<string, CustomField>();
  /** Permission sets by name, with what each gives by `Object.Field`. */
  readonly permissionSets = new Map<string, Metadata['access']>();
  readonly #assigned = new Set<string>();

  constructor(state: SetUpState) {
    if (state === 'empty') return;
    const { fields, access } = readMetadata();
    for (const field of fields) this.fields.set(`${field.object}.${field.name}`, field);
    this.permissionSets.set('Harborlight_Sync', access);
    if (state === 'complete') this.assign('Harborlight_Sync');
  }

  /** Gives the sync's user a permission set. */
  assign(name: string): void {
    this.#assigned.add(name);
  }

  isAssigned(name: string): boolean {
    return this.#assigned.has(name);
  }

  /** What of it the sync's user may see: the fields there are, as far as the permission sets they have open them. */
  visible(): Metadata {
    const sets = [...this.permissionSets].filter(([name]) => this.#assigned.has(name)).map(([, access]) => access);
    return { fields: [...this.fields.values()], access: new Map(sets.flatMap((access) => [...access])) };
  }
}
