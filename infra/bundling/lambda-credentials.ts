/**
 * Stands in every bundle for the AWS SDK's search for credentials. Lambda always gives a function its credentials in
 * the environment, where that search looks first; the rest of it (profiles, SSO, web identity, instance metadata) is
 * never reached there, and would make each bundle 135 KB larger and each cold start slower.
 */
export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';
