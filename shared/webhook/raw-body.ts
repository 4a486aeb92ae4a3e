/** The message body where the true one stands in the binary attribute, because SQS takes no such characters. */
export const BODY_IN_ATTRIBUTE = '-';
/** That binary attribute's name. */
export const RAW_BODY_ATTRIBUTE = 'raw';
