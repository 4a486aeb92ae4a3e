/**
 * Stands in every bundle for the package `form-data`, which jsforce loads for the upload of files, with a list of all
 * file types there are: 165 KB.
 */
export default class FormData {
  constructor() {
    throw new Error('files are not uploaded here');
  }
}
