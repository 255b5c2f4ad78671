"""ISO 639-2, which HTCDS asks for, beside ISO 639-3, which the form keeps: what is the same and what is coarser.

A code that both lists have is written as it is (the terminological one, ``mya`` rather than ``bur``). A language that
only ISO 639-3 knows is written as the collective code of its group, as far as the group is named here, and comes back
from there never: ``kar`` is eighteen languages. Read are two letters, bibliographic and terminological codes.
"""

from collections.abc import Mapping

_INDIVIDUAL = """
    aar abk ace ach ada ady afh afr ain aka akk ale alt amh ang anp ara arc arg arn arp arw asm ast ava ave awa
    aym aze bak bal bam ban bas bej bel bem ben bho bik bin bis bla bod bos bra bre bua bug bul byn cad car cat
    ceb ces cha chb che chg chk chm chn cho chp chr chu chv chy cnr cop cor cos cre crh csb cym dak dan dar del
    den deu dgr din div doi dsb dua dum dyu dzo efi egy eka ell elx eng enm epo est eus ewe ewo fan fao fas fat
    fij fil fin fon fra frm fro frr frs fry ful fur gaa gay gba gez gil gla gle glg glv gmh goh gon gor got grb
    grc grn gsw guj gwi hai hat hau haw heb her hil hin hit hmn hmo hrv hsb hun hup hye iba ibo ido iii iku ile
    ilo ina ind inh ipk isl ita jav jbo jpn jpr jrb kaa kab kac kal kam kan kas kat kau kaw kaz kbd kha khm kho
    kik kin kir kmb kok kom kon kor kos kpe krc krl kru kua kum kur kut lad lah lam lao lat lav lez lim lin lit
    lol loz ltz lua lub lug lui lun luo lus mad mag mah mai mak mal man mar mas mdf mdr men mga mic min mkd mlg
    mlt mnc mni moh mon mos mri msa mus mwl mwr mya myv nap nau nav nbl nde ndo nds nep new nia niu nld nno nob
    nog non nor nqo nso nwc nya nym nyn nyo nzi oci oji ori orm osa oss ota pag pal pam pan pap pau peo phn pli
    pol pon por pro pus que raj rap rar roh rom ron run rup rus sad sag sah sam san sas sat scn sco sel sga shn
    sid sin slk slv sma sme smj smn smo sms sna snd snk sog som sot spa sqi srd srn srp srr ssw suk sun sus sux
    swa swe syc syr tah tam tat tel tem ter tet tgk tgl tha tig tir tiv tkl tlh tli tmh tog ton tpi tsi tsn tso
    tuk tum tur tvl twi tyv udm uga uig ukr umb urd uzb vai ven vie vol vot wal war was wln wol xal xho yao yap
    yid yor zap zbl zen zgh zha zho zul zun zza
"""
INDIVIDUAL = frozenset(_INDIVIDUAL.split())
"""Codes that ISO 639-2 and ISO 639-3 have in common: one language each, or a macrolanguage."""

_COLLECTIVE = """
    afa alg apa art ath aus bad bai bat ber bih bnt btk cai cau cel cmc cpe cpf cpp crp cus day dra fiu gem him
    ijo inc ine ira iro kar khi kro map mkh mno mun myn nah nai nic nub oto paa phi pra roa sai sal sem sgn sio
    sit sla smi son ssa tai tup tut wak wen ypk znd
"""
COLLECTIVE = frozenset(_COLLECTIVE.split())
"""Codes of ISO 639-2 that stand for a group of languages."""

_OTHER_SPELLINGS = """
    alb=sqi arm=hye baq=eus bur=mya chi=zho cze=ces dut=nld fre=fra geo=kat ger=deu gre=ell ice=isl mac=mkd
    mao=mri may=msa per=fas rum=ron slo=slk tib=bod wel=cym aa=aar ab=abk ae=ave af=afr ak=aka am=amh an=arg
    ar=ara as=asm av=ava ay=aym az=aze ba=bak be=bel bg=bul bh=bih bi=bis bm=bam bn=ben bo=bod br=bre bs=bos
    ca=cat ce=che ch=cha co=cos cr=cre cs=ces cu=chu cv=chv cy=cym da=dan de=deu dv=div dz=dzo ee=ewe el=ell
    en=eng eo=epo es=spa et=est eu=eus fa=fas ff=ful fi=fin fj=fij fo=fao fr=fra fy=fry ga=gle gd=gla gl=glg
    gn=grn gu=guj gv=glv ha=hau he=heb hi=hin ho=hmo hr=hrv ht=hat hu=hun hy=hye hz=her ia=ina id=ind ie=ile
    ig=ibo ii=iii ik=ipk io=ido is=isl it=ita iu=iku ja=jpn jv=jav ka=kat kg=kon ki=kik kj=kua kk=kaz kl=kal
    km=khm kn=kan ko=kor kr=kau ks=kas ku=kur kv=kom kw=cor ky=kir la=lat lb=ltz lg=lug li=lim ln=lin lo=lao
    lt=lit lu=lub lv=lav mg=mlg mh=mah mi=mri mk=mkd ml=mal mn=mon mr=mar ms=msa mt=mlt my=mya na=nau nb=nob
    nd=nde ne=nep ng=ndo nl=nld nn=nno no=nor nr=nbl nv=nav ny=nya oc=oci oj=oji om=orm or=ori os=oss pa=pan
    pi=pli pl=pol ps=pus pt=por qu=que rm=roh rn=run ro=ron ru=rus rw=kin sa=san sc=srd sd=snd se=sme sg=sag
    si=sin sk=slk sl=slv sm=smo sn=sna so=som sq=sqi sr=srp ss=ssw st=sot su=sun sv=swe sw=swa ta=tam te=tel
    tg=tgk th=tha ti=tir tk=tuk tl=tgl tn=tsn to=ton tr=tur ts=tso tt=tat tw=twi ty=tah ug=uig uk=ukr ur=urd
    uz=uzb ve=ven vi=vie vo=vol wa=wln wo=wol xh=xho yi=yid yo=yor za=zha zh=zho zu=zul
"""
OTHER_SPELLINGS: Mapping[str, str] = dict(pair.split("=") for pair in _OTHER_SPELLINGS.split())
"""Bibliographic codes and those of two letters (ISO 639-1), which the standard allows too."""

_GROUPS = {
    "kar": "ksw blk pwo kjp pww kjt kvq bwe kxf kyu eky ghk kvl kvt kvy kxk wea pdu",
    "mkh": "mnw prk wbm vwa pll rbb pce kjg tyh kpm pcb cog",
    "tai": "nod tts khb tdd blt phu aio kht",
    "sit": "lhu lhi lis rki tvn int ahk nxq jya duu nun cfm ctd hlt csh cnh cmr zom tcz nmf yim czt mrh sez bgr rtc "
    "weu pck mwq dao cnk",
    "inc": "rhg ctg syl",
    "hmn": "mww hnj hea",
    "zho": "cmn yue nan hak wuu gan hsn cdo",
    "msa": "zsm",
    "cmc": "cjm cja rad",
}
GROUP_OF: Mapping[str, str] = {code: group for group, codes in _GROUPS.items() for code in codes.split()}
"""Languages of the region that only ISO 639-3 knows, and the code of ISO 639-2 that holds them."""
