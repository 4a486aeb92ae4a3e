import { type LocalConfig, readConfig } from './config.ts';
import { type Core, type CoreOptions, startCore } from './core.ts';
import { secretsFor, startVendors, type VendorSet, type VendorSetOptions, vendorEnvironment } from './vendor-set.ts';

export interface StackOptions extends Omit<CoreOptions, 'secrets' | 'port' | 'engine'> {
  /** Default: stand-ins for all vendors, any free port, a new webhook key. */
  readonly config?: LocalConfig;
  readonly vendors?: Omit<VendorSetOptions, 'firstPort'>;
}

/** The whole pipeline on this machine, with the vendors around it. */
export interface Stack extends Core {
  readonly vendors: VendorSet;
  /** Where FareHarbor would be told to send its webhooks, with the key. */
  readonly webhookUrl: string;
  readonly webhookKey: string;
}

/**
 * Starts the stand-ins and the synthesized pipeline, and points FareHarbor's stand-in at the webhook.
 *
 * @throws when something does not start; what had started is ended first.
 */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const config = options.config ?? readConfig({});
  const vendors = await startVendors(options.vendors);
  try {
    const secrets = secretsFor(config, readConfig(vendorEnvironment(vendors)));
    const core = await startCore({ ...options, secrets, port: config.port, engine: config.engine });
    const webhookUrl = `${core.url}/webhooks/fareharbor/${config.webhookKey}`;
    vendors.fareharbor.vendor.subscribe({ url: webhookUrl });
    const close = async (): Promise<void> => {
      await core.close();
      await vendors.close();
    };
    return { ...core, vendors, webhookUrl, webhookKey: config.webhookKey, close };
  } catch (error) {
    await vendors.close();
    throw error;
  }
}
