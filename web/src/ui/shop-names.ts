import type { Shop } from '../../../src/domain/product.ts';

export const SHOP_NAMES: Record<Shop, string> = {
  shopify: 'Shopify',
  woocommerce: 'WooCommerce',
  'google-merchant': 'Google Merchant',
  magento: 'Magento',
  prestashop: 'PrestaShop',
  wix: 'Wix',
  squarespace: 'Squarespace',
  ebay: 'eBay',
  amazon: 'Amazon',
  bigcommerce: 'BigCommerce',
};
