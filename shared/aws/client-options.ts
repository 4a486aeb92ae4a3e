/**
 * Options of every AWS client: milliseconds to connect and to be answered, and tries in all. Three tries that time out
 * still end within the shortest function timeout (10 s).
 */
export const awsClientOptions = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_500 },
};
