/** An active ISO 4217 alphabetic code, such as `EUR`. */
export type CurrencyCode = string & { readonly __currency: never };

/**
 * Minor-unit digits of the active ISO 4217 list (amendment 177, 2024-2025). Kept here because `Intl` follows CLDR, which
 * disagrees with ISO on the digits of some currencies and also knows codes that are no longer legal tender.
 */
const CODES_BY_DIGITS: Readonly<Record<number, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  2:
    'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY ' +
    'COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR ' +
    'IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD ' +
    'NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP ' +
    'SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG',
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
};

const DIGITS_BY_CODE = new Map<string, number>(
  Object.entries(CODES_BY_DIGITS).flatMap(([digits, codes]) =>
    codes.split(' ').map((code): [string, number] => [code, Number(digits)]),
  ),
);

export function isCurrencyCode(text: unknown): text is CurrencyCode {
  return typeof text === 'string' && DIGITS_BY_CODE.has(text);
}

/** @throws RangeError when the text is no active ISO 4217 code. */
export function currencyCode(text: string): CurrencyCode {
  if (!isCurrencyCode(text)) throw new RangeError(`'${text}' is not an active ISO 4217 currency code`);
  return text;
}

/** Number of decimals an amount of this currency is invoiced with: 0 to 4. */
export function currencyDigits(code: CurrencyCode): number {
  return DIGITS_BY_CODE.get(code) ?? 2;
}
