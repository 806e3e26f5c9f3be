export const GENERATED_CLIENT: string;
export function generateClient(document: object): Promise<string>;
