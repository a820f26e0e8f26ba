BeforeAll {
    . "$PSScriptRoot/common.ps1"
    $live = New-LiveImage "$TestDrive"
    $null = Set-RpiLivePersistence $live /home, /var/log -Target Usb -Label KEEP
}

Describe 'Completion' {
    It 'offers for <Line>' -ForEach @(
        @{ Line = 'New-RpiLiveImage a b -BlockSize 1'; Expected = '16KB', '128KB', '1MB' }
        @{ Line = 'New-RpiLiveImage a b -RootMode M'; Expected = , 'Medium' }
        @{ Line = 'New-RpiLiveImage a b -OnLowMemory '; Expected = 'Medium', 'Stop' }
        @{ Line = 'Set-RpiLivePersistence a /srv -Size 2'; Expected = '256MB', '2GB' }
        @{ Line = 'Set-RpiLivePersistence a /srv -Target P'; Expected = , 'Partition' }
        @{ Line = 'Set-RpiLivePersistence a -Directory /var/log'; Expected = , '/var/log' }
        @{ Line = 'Add-RpiLiveZram a -Size 51'; Expected = , '512MB' }
        @{ Line = 'Add-RpiLiveZram a -MemoryLimit 51'; Expected = , '512MB' }
        @{ Line = 'Add-RpiLiveZram -Algorithm lz4'; Expected = 'lz4', 'lz4hc' }
        @{ Line = 'Get-RpiModel -Name "Pi 40'; Expected = , "'Pi 400'" }
        @{ Line = "Test-RpiLiveImage -Model 'Pi 40"; Expected = , "'Pi 400'" }
        @{ Line = 'Test-RpiLiveImage -Exclude RamF'; Expected = , 'RamFit' }
        @{ Line = 'Test-RpiLiveImage -Category Saf'; Expected = , 'Safety' }
    ) {
        @(Get-Completion $Line) | Should -Be $Expected
    }

    It 'offers what the image has: <Line>' -ForEach @(
        @{ Line = 'Set-RpiLivePersistence live.img -Directory /var/l'; Expected = '/var/lib', '/var/log' }
        @{ Line = 'Set-RpiLivePersistence -Path live.img -Directory /home/'; Expected = , '/home/pi' }
        @{ Line = 'Set-RpiLivePersistence -LiteralPath live.img -Directory /srv, /et'; Expected = , '/etc' }
        @{ Line = 'Remove-RpiLivePersistence live.img -Directory /'; Expected = '/home', '/var/log' }
        @{ Line = 'Add-RpiLiveZram live.img -Algorithm l'; Expected = , 'lzo' }
        @{ Line = 'Add-RpiLiveZram -LiteralPath live.img -Algorithm z'; Expected = , 'zstd' }
    ) {
        @(Invoke-At "$TestDrive" { Get-Completion $Line }) | Should -Be $Expected
    }

    It 'offers every value of every choice' {
        foreach ($command in (Get-Module RpiLive).ExportedCmdlets.Values) {
            foreach ($parameter in $command.Parameters.Values) {
                $type = $parameter.ParameterType.IsArray ? $parameter.ParameterType.GetElementType() : $parameter.ParameterType
                if ($type.IsEnum -and $type.Namespace -like 'RpiLive*') {
                    $offered = @(Get-Completion "$($command.Name) -$($parameter.Name) ")
                    foreach ($value in [enum]::GetNames($type)) {
                        $offered | Should -Contain $value -Because "-$($parameter.Name) of $($command.Name) takes it"
                    }
                }
            }
        }
    }
}
