BeforeAll {
    . "$PSScriptRoot/common.ps1"
}

Describe 'Set-RpiLivePersistence' {
    BeforeAll {
        $folder = "$TestDrive"
        $garbage = New-GarbageFile $folder 'garbage.img'
        $live = New-LiveImage $folder
        $seed = [System.IO.Path]::Combine($folder, 'seed')
        $null = [System.IO.Directory]::CreateDirectory([System.IO.Path]::Combine($seed, 'data'))
        [System.IO.File]::WriteAllText([System.IO.Path]::Combine($seed, 'data', 'readme'), 'seed of the Pester tests')
    }

    It 'refuses parameters that make no sense: <Because>' -ForEach @(
        @{ Because = 'nothing is asked'; Arguments = @{} }
        @{ Because = 'presets have modes of their own'; Arguments = @{ Preset = 'Logs'; Mode = 'Bind' } }
        @{ Because = 'percent are of RAM'; Arguments = @{ Directory = '/srv'; Percent = 10 } }
        @{ Because = 'RAM needs no store'; Arguments = @{ Directory = '/srv'; Mode = 'Tmpfs'; Target = 'Usb' } }
        @{ Because = 'an owner is of a seed'; Arguments = @{ Directory = '/srv'; Owner = 'pi' } }
    ) {
        $errors = @(Get-ScriptError { Set-RpiLivePersistence $garbage @Arguments })
        $errors | Should -HaveCount 1
        $errors[0].FullyQualifiedErrorId | Should -Be 'ParametersDisagree,RpiLive.Commands.SetRpiLivePersistenceCommand'
        $errors[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'refuses <Path> with <Id>' -ForEach @(
        @{ Path = 'missing.img'; Id = 'PathNotFound' }
        @{ Path = 'missing*'; Id = 'PathNotFound' }
        @{ Path = 'env:PATH'; Id = 'PathNotFileSystem' }
    ) {
        $errors = @(Get-ScriptError { Set-RpiLivePersistence $Path /srv -Target Usb -Label KEEP })
        $errors | Should -HaveCount 1
        $errors[0].FullyQualifiedErrorId | Should -BeLike "$Id,*"
        $errors[0].TargetObject | Should -Be $Path
    }

    It 'says that a file is no live image' {
        $errors = @(Get-ScriptError { Set-RpiLivePersistence $garbage /srv -Target Usb -Label KEEP })
        $errors | Should -HaveCount 1
        $errors[0].TargetObject | Should -Be $garbage
    }

    It 'says <Id> and changes nothing: <Because>' -ForEach @(
        @{ Id = 'KeepDirectoryInvalid'; Category = 'InvalidArgument'; Because = 'a directory begins with /'; Arguments = @{ Directory = 'srv'; Label = 'A' } }
        @{ Id = 'KeepDirectoryForbidden'; Category = 'InvalidArgument'; Because = '/proc is no directory to keep'; Arguments = @{ Directory = '/proc'; Label = 'A' } }
        @{ Id = 'KeepDirectoryMissing'; Category = 'ObjectNotFound'; Because = 'its parent does not exist'; Arguments = @{ Directory = '/nothing/x'; Label = 'A' } }
        @{ Id = 'KeepDirectoryNotDirectory'; Category = 'InvalidArgument'; Because = 'passwd is a file'; Arguments = @{ Directory = '/etc/passwd'; Label = 'A' } }
        @{ Id = 'KeepRulesNested'; Category = 'InvalidArgument'; Because = 'one hides the other'; Arguments = @{ Directory = '/var', '/var/log'; Label = 'A' } }
        @{ Id = 'PresetEmpty'; Category = 'InvalidArgument'; Because = 'the image has no containers'; Arguments = @{ Preset = 'Containers'; Label = 'A' } }
        @{ Id = 'StoreMissing'; Category = 'ObjectNotFound'; Because = 'nothing says where'; Arguments = @{ Directory = '/srv' } }
        @{ Id = 'StoreSizeInvalid'; Category = 'InvalidArgument'; Because = 'a partition has a size'; Arguments = @{ Directory = '/srv'; Target = 'Partition' } }
        @{ Id = 'SeedUnusable'; Category = 'InvalidArgument'; Because = 'a stick is not here to be filled'; Arguments = @{ Directory = '/srv'; Label = 'A'; Seed = $true } }
        @{ Id = 'AccountMissing'; Category = 'ObjectNotFound'; Because = 'the image has no such user'; Arguments = @{ Directory = '/srv'; Target = 'Partition'; Size = 8MB; Seed = $true; Owner = 'nobody' } }
    ) {
        $before = [System.IO.File]::GetLastWriteTimeUtc($live)
        $chosen = $Arguments.Clone()
        if ($chosen.Seed) {
            $chosen.Seed = $seed
        }
        $errors = @(Get-ScriptError { Set-RpiLivePersistence $live @chosen })
        $errors | Should -HaveCount 1
        $errors[0].FullyQualifiedErrorId | Should -Be "$Id,RpiLive.Commands.SetRpiLivePersistenceCommand"
        $errors[0].CategoryInfo.Category | Should -Be $Category
        $errors[0].TargetObject | Should -Be $live
        $errors[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        [System.IO.File]::GetLastWriteTimeUtc($live) | Should -Be $before
    }

    It 'refuses -<Name> <Value>' -ForEach @(
        @{ Name = 'Size'; Value = 1KB }
        @{ Name = 'Percent'; Value = 0 }
        @{ Name = 'Percent'; Value = 101 }
        @{ Name = 'FileMode'; Value = '9' }
        @{ Name = 'DirectoryMode'; Value = '07777' }
        @{ Name = 'TimeoutSeconds'; Value = 0 }
        @{ Name = 'FlushInterval'; Value = -1 }
    ) {
        $chosen = @{ $Name = $Value }
        $errors = @(Get-ScriptError { Set-RpiLivePersistence $live /srv @chosen })
        $errors[0].FullyQualifiedErrorId | Should -BeLike 'ParameterArgumentValidationError,*'
    }

    It 'refuses files and folders that are not there: <Id>' -ForEach @(
        @{ Id = 'FolderMissing'; Arguments = @{ Directory = '/srv'; Seed = 'missing' } }
        @{ Id = 'PathNotFound'; Arguments = @{ ConfigurationFile = 'missing' } }
    ) {
        $errors = @(Get-ScriptError { Set-RpiLivePersistence $live @Arguments })
        $errors | Should -HaveCount 1
        $errors[0].FullyQualifiedErrorId | Should -BeLike "$Id,*"
        $errors[0].TargetObject | Should -Be 'missing'
    }

    Context 'on a new image' {
        BeforeEach {
            $null = New-LiveImage $folder
        }

        It 'keeps directories on a USB drive, and all options of the store' {
            $image = Set-RpiLivePersistence $live -Directory /home, /srv -Target Usb -Label KEEP -StoreName stick -Size 64MB -OnMissing Stop -TimeoutSeconds 60 -ReadOnly -FlushInterval 30
            $image.KeepRules.Directory | Should -Be @('/home', '/srv')
            "$($image.KeepRules[0].Mode)" | Should -Be 'Overlay'
            $image.KeepRules[0].Store | Should -Be 'stick'
            $image.Stores | Should -HaveCount 1
            $store = $image.Stores[0]
            "$($store.Target) $($store.Name) $($store.Label) $($store.Size) $($store.OnMissing) $($store.TimeoutSeconds) $($store.ReadOnly) $($store.FlushInterval)" |
                Should -Be "Usb stick KEEP $(64MB) Stop 60 True 30"
            $image.PersistenceEnabled | Should -BeTrue
        }

        It 'takes a drive by its UUID' {
            (Set-RpiLivePersistence $live /home -Uuid 1A2B-3C4D).Stores[0].Uuid | Should -Be '1A2B-3C4D'
        }

        It 'changes a store by its name, and nothing else of it' {
            $null = Set-RpiLivePersistence $live /home -Label KEEP -OnMissing Stop -ReadOnly
            $store = (Set-RpiLivePersistence $live -StoreName usb -TimeoutSeconds 90 -ReadOnly:$false -OnMissing Wait).Stores[0]
            "$($store.Label) $($store.OnMissing) $($store.TimeoutSeconds) $($store.ReadOnly)" | Should -Be 'KEEP Wait 90 False'
        }

        It 'makes a partition, larger, and lets it grow' {
            $length = [System.IO.FileInfo]::new($live).Length
            $image = Set-RpiLivePersistence $live /srv -Target Partition -Size 16MB -Grow
            "$($image.Stores[0].Target) $($image.Stores[0].Size) $($image.Stores[0].Grow)" | Should -Be "Partition $(16MB) True"
            $image.Length | Should -Be ([System.IO.FileInfo]::new($live).Length)
            $image.Length | Should -BeGreaterThan $length
            $store = (Set-RpiLivePersistence $live -StoreName partition -Size 32MB -Grow:$false).Stores[0]
            "$($store.Size) $($store.Grow)" | Should -Be "$(32MB) False"
            Test-RpiLiveImage $live -Quiet | Should -BeTrue
        }

        It 'makes a container file in a folder of the card' {
            $store = (Set-RpiLivePersistence $live /srv -Target Folder -Size 8MB).Stores[0]
            "$($store.Target) $($store.Size)" | Should -Be "Folder $(8MB)"
            Test-RpiLiveImage $live -Quiet | Should -BeTrue
        }

        It 'keeps by -Mode <_>' -ForEach 'Overlay', 'Bind' {
            "$((Set-RpiLivePersistence $live /srv -Mode $_ -Label KEEP).KeepRules)" | Should -Be "/srv ($_ on usb)"
        }

        It 'holds directories in RAM' {
            $rule = (Set-RpiLivePersistence $live /srv -Mode Tmpfs -Size 64MB).KeepRules[0]
            "$($rule.Mode) $($rule.Size) $($rule.Percent) $($rule.Store)" | Should -Be "Tmpfs $(64MB)  "
            $rule = (Set-RpiLivePersistence $live /srv -Mode Tmpfs -Percent 10).KeepRules[0]
            "$($rule.Mode) $($rule.Size) $($rule.Percent)" | Should -Be 'Tmpfs  10'
        }

        It 'knows -Preset <Name>' -ForEach @(
            @{ Name = 'Logs'; Directory = '/var/log' }
            @{ Name = 'Home'; Directory = '/home' }
            @{ Name = 'Identity'; Directory = '/etc/ssh' }
        ) {
            (Set-RpiLivePersistence $live -Preset $Name -Label KEEP).KeepRules.Directory | Should -Contain $Directory
        }

        It 'keeps the machine id with the identity' {
            (Set-RpiLivePersistence $live -Preset Identity, Logs -Label KEEP).MachineIdStore | Should -Be 'usb'
        }

        It 'takes over a configuration of live-boot' {
            $path = [System.IO.Path]::Combine($folder, 'persistence.conf')
            [System.IO.File]::WriteAllText($path, "# mine`r`n/home union`r`n/srv`r`n")
            $image = Set-RpiLivePersistence $live -ConfigurationFile $path -Label persistence
            "$($image.KeepRules)" | Should -Be '/home (Overlay on usb) /srv (Bind on usb)'
        }

        It 'fills a directory from a folder, with owner and modes' {
            $image = Set-RpiLivePersistence $live /home/pi/app -Mode Bind -Target Partition -Size 16MB -Seed $seed -Owner pi -Group web -FileMode 640 -DirectoryMode 2750
            "$($image.KeepRules)" | Should -Be '/home/pi/app (Bind on partition)'
            $report = Test-RpiLiveImage $live
            $report.Checks.Where{ $_.Result -eq 'Failed' }.Message | Should -BeNullOrEmpty
            # What the seed brought stands in the ext4 of the partition as it is.
            $text = [System.Text.Encoding]::Latin1.GetString([System.IO.File]::ReadAllBytes($live))
            $text.Contains('seed of the Pester tests') | Should -BeTrue
        }

        It 'fills it from a folder at the current location' {
            $image = Invoke-At $folder { Set-RpiLivePersistence live.img /srv -Target Folder -Size 8MB -Seed seed }
            $image.Path | Should -Be $live
            Test-RpiLiveImage $live -Quiet | Should -BeTrue
        }

        It 'leaves an image alone that is so already, and emits it' {
            $null = Set-RpiLivePersistence $live /srv -Label KEEP
            $before = Get-FileState $live
            (Set-RpiLivePersistence $live /srv -Label KEEP).KeepRules | Should -HaveCount 1
            Get-FileState $live | Should -Be $before
        }

        It 'adds up' {
            $null = Set-RpiLivePersistence $live /home -Label KEEP | Set-RpiLivePersistence -Directory /srv -Mode Bind
            $rules = (Set-RpiLivePersistence $live /home -Mode Bind).KeepRules
            "$rules" | Should -Be '/home (Bind on usb) /srv (Bind on usb)'
        }
    }
}
