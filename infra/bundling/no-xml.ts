/**
 * Stands in every bundle for the package `xml2js`, which jsforce loads for SOAP: 100 KB. Salesforce is spoken to in JSON.
 * A reply that is XML all the same (a page of a gateway on the way) stays the text it is.
 */
export default {
  parseStringPromise: async (text: string): Promise<string> => text,
};
