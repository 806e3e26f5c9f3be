import type { ReactNode } from 'react';
import { Autocomplete, Group, Text } from '@mantine/core';
import type { AutocompleteProps, ComboboxItem, OptionsFilter } from '@mantine/core';
import { formatLocale } from '../../components/format.js';

/** Suggestions only (active ISO 4217 codes of countries): any code can be typed, the API decides. */
const CODES = (
  'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC ' +
  'CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK ' +
  'JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR ' +
  'MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP ' +
  'STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG'
).split(' ');

function currencyName(code: string): string {
  return new Intl.DisplayNames(formatLocale(), { type: 'currency', fallback: 'none' }).of(code) ?? '';
}

/** Finds a currency by its code or by its name in the reader's language. */
const filterCurrencies: OptionsFilter = ({ options, search }) => {
  const wanted = search.trim().toLowerCase();
  return options.filter((option) => {
    const { value } = option as ComboboxItem;
    return value.toLowerCase().includes(wanted) || currencyName(value).toLowerCase().includes(wanted);
  });
};

/** A currency, chosen from a searchable list or typed. */
export function CurrencyInput(props: AutocompleteProps): ReactNode {
  return (
    <Autocomplete
      data={CODES}
      filter={filterCurrencies}
      maxDropdownHeight={220}
      autoComplete="off"
      spellCheck={false}
      renderOption={({ option }) => (
        <Group gap="sm" wrap="nowrap">
          <Text fw={600}>{option.value}</Text>
          <Text size="sm">{currencyName(option.value)}</Text>
        </Group>
      )}
      {...props}
    />
  );
}
