/**
 * What columns are called, as exports of shops and people write it in their languages. Compared without case, accents of
 * Latin letters, spaces and punctuation; see `normaliseName`.
 */

/** A list of words, a line or more for each language. */
function words(text: string): string[] {
  return text.trim().split(/\s+/);
}

/** Words for pictures. */
export const PICTURES = words(`
  image images img imgs photo photos picture pictures pic pics gallery
  thumbnail thumbnails thumb thumbs artwork
  bild bilder produktbild produktbilder produktfoto artikelbild artikelbilder hauptbild
  zusatzbild zusatzbilder galeriebild galeriebilder vorschaubild abbildung abbildungen
  foto fotos galerie variantenbild
  photographie photographies visuel visuels vignette illustration
  imagen imagenes fotografia fotografias galeria
  immagine immagini galleria
  imagem imagens
  afbeelding afbeeldingen hoofdafbeelding productafbeelding productafbeeldingen afbeeldings plaatje
  obraz obrazy obrazek obrazki zdjecie zdjecia grafika miniatura miniaturka
  изображение изображения изображений картинка картинки фото фотография фотографии
  зображення малюнок
  gorsel gorseller gorseli gorselleri resim resimler resmi resimleri fotograf fotograflar
  图片 图像 图 照片 主图 附图 副图 白底图 轮播图 缩略图 详情图 相册
  圖片 圖像 圖 主圖 附圖 副圖 縮圖
  画像 写真 イメージ サムネイル
  이미지 사진
  obrazky billede billeder bilde kuva kuvat kep kepek imagine imagini εικονα εικονες
  hinhanh anh gambar รูปภาพ صورة الصور תמונה תמונות
`);

/** What may stand before and after such a word, by what it says of the picture; see `RANKS`. */
const PLAIN = words(`
  product products item items listing article sku catalog hosted external internal
  media template ids input source remote public original full large big xl web
  hires high res resolution model style color colour feed store website online
  url urls uri uris link links src href path paths address addresses location
  file files datei dateien fichier archivo plik list set attachment attachments import export xyz of the for http
  https my
  produkt produkte artikel adresse adressen pfad groß gross des der zum vom detail
  produit produits lien liens de du d l adressede vers
  producto productos enlace enlaces dela delas del los direccion articulo
  prodotto prodotti dell della delle indirizzo articolo collegamento
  produto produtos da das do dos endereco ligacao
  adres koppeling naar van het
  produktu produktow towaru towar odnosnik
  товара товаров товар ссылка ссылки на адрес товару посилання
  urun linki linkleri adresi baglantisi baglanti
  产品 商品 宝贝 细节 效果 实拍 外观 高清 橱窗 展示 链接 地址 网址 连接 產品 連結 網址 位址 的
  リンク アドレス パス 상품 링크 주소 경로
`);
const MAIN = words(`
  main primary base featured feature default cover hero front first key head
  haupt titel principale principal portada destacada copertina capa hoofd glowne glowny
  główne główny главное основное основная головне ana kapak vitrin
  主 首 封面 メイン 代表 대표 메인
`);
const MORE = words(`
  additional additionals extra extras other others more alternate alternative
  secondary second third back rear side left right top bottom detailed lifestyle
  weitere weiteres zusatz zusatzliche zusatzliches supplementaires supplementaire autres autre
  adicional adicionales adicionais secundaria secundarias aggiuntive aggiuntiva altre
  extraafbeeldingen overige dodatkowe pozostale дополнительные доп дополнительное додаткові ek diger
  其他 更多 附加 额外 其它 詳情 详情 サブ 追加 추가 상세 서브
`);
const VARIANT = words(`
  variant variants variation variations child option swatch varianten variante variantes
  variacion variaciones variacao вариации варианта varyasyon varyant 变体 规格 バリエーション 옵션
`);
const SMALL = words(`
  small medium mini preview listing icon klein petite pequena piccola kucuk
`);

/** Which columns are read first: main pictures, then those that say nothing more, further ones, variants, small ones. */
export const RANKS: readonly (readonly string[])[] = [MAIN, PLAIN, MORE, VARIANT, SMALL];
export const PLAIN_RANK = 1;
export const SMALL_RANK = 4;
/** Pictures that are small by their own name. */
export const SMALL_PICTURES = words(`
  thumbnail thumbnails thumb thumbs vignette vorschaubild 缩略图 サムネイル
`);

/** Serial numbers, the surest name first: where several are there, it wins. */
export const SERIALS = words(`
  sno serialnumber serialno serial srno slno no id nr #
  productid itemid listingid offerid handleid uniqid uniqueid idproduct idproducto idprodotto
  productnumber itemnumber itemno itemsku sellersku customlabelsku customlabel partnumber pid asin
  artikelnummer artikelnr artnr artikelid produktid produktnummer bestellnummer lfdnr nummer
  identifiant numero reference referencia referencias riferimento codigo codice code kod
  numer idproduktu indeks артикул код номер идентификатор idтовара кодтовара
  urunkodu urunid stokkodu sirano 编号 序号 货号 商品编号 商品编码 产品编号 商品id 款号 商品編號
  編號 商品番号 商品コード 商品管理番号 品番 番号 κωδικος 상품번호 번호 상품코드
`);
/** Names of products. */
export const NAMES = words(`
  productname productdisplayname producttitle prodname prodtitle itemname itemtitle listingtitle product name title
  posttitle booktitle articlename articletitle goodsname modelname dishname
  displayname produktname artikelname artikelbezeichnung produktbezeichnung bezeichnung titel produkt
  nomduproduit nomproduit nom titre designation libelle produit
  nombredelproducto nombreproducto nombre titulo producto nomeprodotto nomedelprodotto nome titolo
  prodotto nomedoproduto nomeproduto produto productnaam naam nazwaproduktu nazwa tytul
  названиетовара названиепродукта название наименование наименованиетовара имя товар назва
  urunadi urunismi urun ad isim baslik 商品名称 产品名称 名称 商品标题 产品标题 宝贝标题 标题
  品名 商品名稱 產品名稱 名稱 標題 商品名 製品名 名前 タイトル 상품명 제품명 이름 제목
  ονομα ονομασια τιτλος προιον nazev navn namn nimi item artikel sku
`);
export const OUTPUT = 'outputimageurls';
/** Words that a column of picture links may be called by where nothing else is one. */
export const LINK_NAMES = words(`
  url urls link links src href media file files attachment attachments assets asset
`);
